/** The package's version. A test holds it to package.json: reading a file when this is imported is not for a library. */
export const version = '0.0.0';
