// A provider answered in the fragment of this page's address, which only a script sees: it goes on as a form, and out of the address.
const form = document.getElementById("fragment");
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  if (name !== "csrf" && name !== "state") {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
}
history.replaceState(null, "", location.pathname + location.search);
form.submit();
