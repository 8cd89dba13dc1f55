// Ask twice a second how far the sample practice is; go to it when it is there.
const bar = document.getElementById("share");
async function ask() {
  const answer = await fetch("/sample", { headers: { accept: "application/json" }, credentials: "same-origin" });
  const told = await answer.json();
  bar.value = told.share;
  if (told.preparing) setTimeout(ask, 500); else location.assign("/sample");
}
if (bar) ask();
