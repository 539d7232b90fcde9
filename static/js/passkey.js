// A passkey in a form: a press on the button asks the browser, the answer goes into the hidden field "credential", the
// form is sent. What the key is asked stands in the JSON of the page (#passkey-options).
(() => {
  const place = document.querySelector("[data-passkey]");
  if (!place || !window.PublicKeyCredential || !window.webauthnJSON) return;
  const form = place.closest("form");
  const fault = form.querySelector("[data-passkey-fault]");
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  place.hidden = false;
  form.querySelector("[data-passkey-none]").hidden = true;

  const SENTENCES = {
    NotAllowedError: "Chưa nhận được khóa: đã bị hủy hoặc quá thời gian. Bấm nút để thử lại.",
    InvalidStateError: "Khóa này đã được thêm rồi.",
    SecurityError: "Trình duyệt không cho dùng khóa ở địa chỉ này. Mở cổng bằng tên miền chính thức.",
  };

  place.querySelector("button").addEventListener("click", async () => {
    fault.hidden = true;
    try {
      const answer = await window.webauthnJSON[place.dataset.passkey](options);
      form.elements.namedItem("credential").value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      fault.textContent = SENTENCES[error.name] || "Không dùng được khóa trên máy này. Dùng cách khác.";
      fault.hidden = false;
    }
  });
})();
