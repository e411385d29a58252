// Has the page kept on this phone, and says which phone it is.
import "../../config/js/offline.js";

// A random name that this phone gave itself: it tells two phones apart, and nobody who holds one.
function device() {
  try {
    const found = localStorage.getItem("cunbo-device") ?? crypto.randomUUID();
    localStorage.setItem("cunbo-device", found);
    return found;
  } catch {
    return "";
  }
}

for (const field of document.querySelectorAll("input[name=device]")) field.value = device();
