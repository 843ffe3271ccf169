package server

import "testing"

// Fixes that go wrong together are not offered together.
func TestFixAllLeavesOutWhatClashes(t *testing.T) {
	text := "package m // ONCE LEAK\n\n// LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, versionedClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	actions := p.actions(uri, 0, 0, "source.fixAll.ctxls")
	if len(actions) != 1 {
		t.Fatalf("%+v", actions)
	}
	edits := actions[0].Edit.DocumentChanges[0].Edits
	if want := (textRange{textPosition{0, 18}, textPosition{0, 22}}); len(edits) != 1 || edits[0].Range != want {
		t.Errorf("%+v, want one at %v", edits, want)
	}
	if quick := p.actions(uri, 2, 3); len(quick) < 2 { // alone it goes
		t.Errorf("%+v", quick)
	}
	// Nothing of what was tried is left in the driver.
	p.replaceAll(uri, 2, text+"\n")
	for d := p.published(uri); d.Version == nil || *d.Version < 2 || len(d.Diagnostics) != 2; {
		d = p.published(uri)
	}
}
