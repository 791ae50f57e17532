// A form that one comes back to, as it was typed: what a browser forgets of pages that it must not keep.

export function refill(form: HTMLFormElement): void {
  const typed = JSON.parse(form.dataset.typed ?? "{}") as Record<string, string[]>;
  for (const [name, values] of Object.entries(typed)) {
    const fields = [...form.elements].filter((each) => (each as HTMLInputElement).name === name) as HTMLInputElement[];
    fields.forEach((field, at) => {
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type !== "hidden" && field.type !== "file") field.value = values[at] ?? field.value;
    });
  }
}
