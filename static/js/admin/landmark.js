// Unfold marks no part of a page as its main one, and its templates have no place to say so: who
// listens to a page goes there at once, past the side bar.
document.getElementById("main")?.setAttribute("role", "main");
