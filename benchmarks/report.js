// Sort a table by the column whose heading is pressed, and show one kind of example.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const cell = button.parentElement;
    const body = cell.closest("table").tBodies[0];
    const rising = cell.getAttribute("aria-sort") !== "ascending";
    for (const other of cell.parentElement.cells) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const value = (row) => {
      const found = row.cells[cell.cellIndex];
      return found.dataset.value ?? found.textContent;
    };
    const order = (one, other) =>
      one - other || String(one).localeCompare(String(other), undefined, { numeric: true });
    [...body.rows]
      .sort((one, other) => (rising ? 1 : -1) * order(value(one), value(other)))
      .forEach((row) => body.append(row));
  });
}
const kinds = document.querySelectorAll("nav button");
for (const button of kinds) {
  button.addEventListener("click", () => {
    for (const other of kinds) other.setAttribute("aria-pressed", other === button);
    const kind = button.dataset.kind;
    for (const row of document.querySelectorAll("#examples tbody tr")) {
      row.hidden = kind !== "all" && !row.classList.contains(kind);
    }
  });
}
