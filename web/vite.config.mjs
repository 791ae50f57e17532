// Builds the front-end into the Python package: one script, one style sheet, one typeface, under hashed names, and the
// same typeface as TTF for the pictures that the server draws.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig } from "vite";
import { decompress } from "wawoff2";

const out = process.env.BEFFROI_ASSETS ?? join(import.meta.dirname, "../src/beffroi/publish/assets");

const fontsForPictures = {
  name: "fonts-for-pictures",
  async closeBundle() {
    const folder = join(out, "fonts");
    await mkdir(folder, { recursive: true });
    for (const weight of [400, 600]) {
      const file = `source-sans-3-latin-${weight}-normal`;
      const packed = await readFile(join(import.meta.dirname, "node_modules/@fontsource/source-sans-3/files", `${file}.woff2`));
      await writeFile(join(folder, `${file}.ttf`), await decompress(packed));
    }
    // A typeface travels with its licence.
    const licence = join(import.meta.dirname, "node_modules/@fontsource/source-sans-3/LICENSE");
    for (const place of [out, folder]) await copyFile(licence, join(place, "OFL.txt"));
  },
};

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  build: {
    outDir: out,
    emptyOutDir: true,
    assetsDir: ".",
    manifest: "manifest.json",
    modulePreload: false,
    assetsInlineLimit: 0,
    target: "es2022",
    // Pages of maps have more, and so has who writes pages; no other reader loads either.
    rollupOptions: { input: ["src/main.ts", "src/maps.ts", "src/authoring.ts"] },
  },
  plugins: [fontsForPictures],
});
