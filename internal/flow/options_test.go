package flow

import "testing"

func TestOptionNames(t *testing.T) {
	for _, test := range []struct{ name, key string }{
		{"example.com/q.Wait", "example.com/q.Wait"},
		{"example.com/q.(*Queue).Pop", "(*example.com/q.Queue).Pop"},
		{"example.com/q.(Queue).Pop", "(example.com/q.Queue).Pop"},
		{"(*example.com/q.Queue).Pop", "(*example.com/q.Queue).Pop"},
		{"example.com/q.Queue.Pop", "(*example.com/q.Queue).Pop"},
		{"example.com/q.Queue.Pop", "(example.com/q.Queue).Pop"},
		{"gopkg.in/q.v3.Wait", "gopkg.in/q.v3.Wait"},
		{"gopkg.in/q.v3.(*Queue).Pop", "(*gopkg.in/q.v3.Queue).Pop"},
	} {
		if !nameSet([]string{test.name})[test.key] {
			t.Errorf("%s does not stand for %s, but for %q", test.name, test.key, fullNames(test.name))
		}
		if !ValidName(test.name) {
			t.Errorf("%s is taken for no name of a function", test.name)
		}
	}
	for _, bad := range []string{"", "Wait", "example.com/q", "example.com/q.", "q.Wait()", ".Wait", "q. Wait"} {
		if ValidName(bad) {
			t.Errorf("%q is taken for the name of a function", bad)
		}
	}
}

func TestOptionsKey(t *testing.T) {
	a := Options{Blocking: []string{"b.F", "a.(*T).M"}}
	b := Options{Blocking: []string{"(*a.T).M", "b.F", "b.F"}}
	if a.Key() != b.Key() {
		t.Errorf("%s and %s differ", a.Key(), b.Key())
	}
	if c := (Options{Joins: a.Blocking}); c.Key() == a.Key() {
		t.Error("joins have the key of blocking functions")
	}
	if key := (Options{}).Key(); key != "" {
		t.Errorf("no options have the key %q", key)
	}
}
