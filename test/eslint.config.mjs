import tseslint from 'typescript-eslint';

// The habits of the house: see src/README.md. An exception stands where it is, with its reason.
export default tseslint.config(
  { ignores: ['dist/**', '**/node_modules/**', 'examples/**', 'test/packages/**'] },
  {
    files: ['src/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: new URL('..', import.meta.url).pathname },
    },
    rules: {
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      // Parts are functions with closures: none of them has a `this`.
      '@typescript-eslint/unbound-method': 'off',
      // What is taken out of an object and left alone is named by `_`.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // `void` where a promise is not waited for says so.
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
);
