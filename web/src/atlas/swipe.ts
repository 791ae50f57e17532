// Two layers side by side, on either side of a line that one moves.
import type { Map as Chart } from "maplibre-gl";

/** What one chart shows, the other shows the same place of. */
export function keepTogether(one: Chart, other: Chart): void {
  let following = false;
  const follow = (from: Chart, to: Chart) => (): void => {
    if (following) return;
    following = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    following = false;
  };
  one.on("move", follow(one, other));
  other.on("move", follow(other, one));
}

/** The line, and on each side of it what one sees there; ``moved`` is told the share of the left, in hundredths. */
export function part(holder: HTMLElement, titles: readonly string[], label: string, moved: (share: number) => void): void {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "atlas-swipe";
  slider.setAttribute("aria-label", label);
  slider.value = "50";
  const tell = (): void => {
    holder.style.setProperty("--parted", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
    moved(Number(slider.value));
  };
  slider.addEventListener("input", tell);
  tell();
  const captions = titles.map((title, index) => {
    const caption = document.createElement("p");
    caption.className = `atlas-side ${index ? "right" : "left"}`;
    caption.textContent = title;
    return caption;
  });
  holder.append(...captions, slider);
}
