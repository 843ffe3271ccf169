package nearest

import "testing"

func TestName(t *testing.T) {
	known := []string{"lostcancel", "deafsleep", "deafloop", "donenoexit"}
	for _, test := range []struct{ name, want string }{
		{"lostcancel", "lostcancel"},
		{"lostcansel", "lostcancel"},
		{"deafslep", "deafsleep"},
		{"deaflop", "deafloop"},
		{"donoexit", "donenoexit"},
		{"", "deafloop"},
	} {
		if got := Name(test.name, known); got != test.want {
			t.Errorf("Name(%q) = %q, want %q", test.name, got, test.want)
		}
	}
	if got := Name("x", nil); got != "" {
		t.Errorf("Name among none = %q, want nothing", got)
	}
}

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 2}, {"flaw", "lawn", 2},
	} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
