import vue from "eslint-plugin-vue";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "node_modules/", "src/api/generated/", "src/api/generated.ts"] },
    ...tseslint.configs.recommended,
    ...vue.configs["flat/recommended"],
    {
        files: ["**/*.vue"],
        languageOptions: { parserOptions: { parser: tseslint.parser } },
    },
    {
        rules: {
            "max-lines": ["error", 400],
            "no-console": "error",
            "vue/multi-word-component-names": "off",
            "vue/html-indent": "off",
            "vue/max-attributes-per-line": "off",
            "vue/singleline-html-element-content-newline": "off",
            "vue/html-self-closing": "off",
            "vue/html-closing-bracket-newline": "off",
            "vue/first-attribute-linebreak": "off",
            "vue/no-v-html": "error",
            "vue/attributes-order": "off",
        },
    },
);
