// A camera with the last photo laid over it, and hints on focus and glare. The photo goes into the form's own file field.
"use strict";
const byId = (id) => document.getElementById(id);
const live = byId("live");
if (live && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
  const video = byId("video");
  const still = byId("still");
  const ghost = byId("ghost");
  const fade = byId("fade");
  const device = byId("device");
  const words = byId("live-words");
  const small = document.createElement("canvas");
  let stream = null;
  let best = 0;
  const fadeGhost = () => { if (ghost) ghost.style.opacity = fade.value / 100; };
  const open = async (id) => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    const wanted = { width: { ideal: 4096 }, height: { ideal: 3072 } };
    stream = await navigator.mediaDevices.getUserMedia({
      video: id ? { ...wanted, deviceId: { exact: id } } : { ...wanted, facingMode: "environment" },
    });
    video.srcObject = stream;
    best = 0;
    await video.play();
  };
  const look = () => {
    if (!video.videoWidth || !still.hidden) return;
    small.width = 320;
    small.height = Math.round((320 * video.videoHeight) / video.videoWidth);
    const pen = small.getContext("2d", { willReadFrequently: true });
    pen.drawImage(video, 0, 0, small.width, small.height);
    const { data } = pen.getImageData(0, 0, small.width, small.height);
    const grey = new Float32Array(data.length / 4);
    let bright = 0;
    for (let k = 0; k < grey.length; k += 1) {
      grey[k] = 0.3 * data[4 * k] + 0.6 * data[4 * k + 1] + 0.1 * data[4 * k + 2];
      if (grey[k] > 250) bright += 1;
    }
    let sum = 0;
    for (let y = 1; y < small.height - 1; y += 1) {
      for (let x = 1; x < small.width - 1; x += 1) {
        const k = y * small.width + x;
        const edge = 4 * grey[k] - grey[k - 1] - grey[k + 1] - grey[k - small.width] - grey[k + small.width];
        sum += edge * edge;
      }
    }
    const sharp = Math.sqrt(sum / grey.length);
    best = Math.max(best * 0.998, sharp);
    byId("sharp").value = best ? sharp / best : 0;
    byId("sharp-words").textContent = sharp > 0.85 * best ? "as sharp as it was" : "it was sharper before";
    const share = bright / grey.length;
    byId("glare-words").textContent = share > 0.02 ? "too much: tilt the lamp or dry the skin" : "little";
  };
  byId("shoot").addEventListener("click", () => {
    still.width = video.videoWidth;
    still.height = video.videoHeight;
    still.getContext("2d").drawImage(video, 0, 0);
    still.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      byId("photo").files = files.files;
      still.hidden = false;
      byId("again").hidden = false;
      words.textContent = "Taken. Keep and measure it, or take it again.";
    }, "image/jpeg", 0.95);
  });
  byId("again").addEventListener("click", () => {
    still.hidden = true;
    byId("again").hidden = true;
    byId("photo").value = "";
    words.textContent = "";
  });
  device.addEventListener("change", () => open(device.value).catch(() => { words.textContent = "This camera cannot be opened."; }));
  if (fade) fade.addEventListener("input", fadeGhost);
  open("").then(async () => {
    live.hidden = false;
    fadeGhost();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput");
    cameras.forEach((d, k) => device.append(new Option(d.label || `Camera ${k + 1}`, d.deviceId)));
    window.setInterval(look, 250);
  }).catch(() => {}); // no camera, or not allowed: the file field is there
}
