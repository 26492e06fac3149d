import { createTheme } from '@mantine/core';

/** Colours are Mantine's own, so that its style sheet holds all of their variables; sizes and fonts are in theme.css. */
export const theme = createTheme({
  primaryColor: 'indigo',
  respectReducedMotion: true,
  components: {
    // Locking the scroll puts a <style> into the page, which the Content Security Policy refuses; theme.css does it instead.
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Drawer: { defaultProps: { lockScroll: false, position: 'right', size: 'xl' } },
  },
});
