import { Group, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { isLanguage, languages } from '../language/languages.ts';
import { useLanguage } from '../language/use-language.tsx';

/** Language and appearance. Both are kept in this browser; the appearance follows the system until it is chosen. */
export const Preferences = () => {
  const { m, language, choose } = useLanguage();
  // Without keepTransitions Mantine puts a <style> into the page, which the Content Security Policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Group gap="xs">
      <NativeSelect
        size="xs"
        aria-label={m.frame.language}
        value={language}
        onChange={({ currentTarget: { value } }) => isLanguage(value) && choose(value)}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        size="xs"
        aria-label={m.frame.theme}
        value={colorScheme}
        onChange={({ currentTarget: { value } }) =>
          setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')
        }
        data={[
          { value: 'auto', label: m.frame.themeSystem },
          { value: 'light', label: m.frame.themeLight },
          { value: 'dark', label: m.frame.themeDark },
        ]}
      />
    </Group>
  );
};
