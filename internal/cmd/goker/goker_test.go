package main

import (
	"bytes"
	"strings"
	"testing"
)

const own = `
found1 | channel | run | ch <- 1 | the receiver leaves at the timeout
missed2 | lock | run | mu.Lock() | locked twice
missed2 | also | run | context.WithCancel | thrown away
patterns.one | channel | one | ch <- 1 | nobody receives
`

// TestCompare: of three kernels of our own two are found, one is out of reach
// of the rules, and one finding stands where nothing is known to be wrong.
func TestCompare(t *testing.T) {
	expected, err := parse(own)
	if err != nil {
		t.Fatal(err)
	}
	table, err := compare(t.Context(), "testdata/kernels", expected)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := table.write(&out, false); err != nil {
		t.Fatal(err)
	}
	const want = `
kernel        class    named by              other true  false
found1        channel  abandonedsend
missed2       lock     –                     lostcancel
patterns.one  channel  abandonedsend
patterns      -        –                                 lostcancel
context: 0 of 0 kernels
channel: 2 of 2 kernels
lock: 0 of 1 kernels
all: 2 of 3 kernels, 1 findings elsewhere
`
	got := strings.Split(out.String(), "\n")
	for i := range got {
		got[i] = strings.Join(strings.Fields(got[i]), " ")
	}
	var wanted []string
	for line := range strings.SplitSeq(strings.TrimPrefix(want, "\n"), "\n") {
		wanted = append(wanted, strings.Join(strings.Fields(line), " "))
	}
	if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("got:\n%s\nwant:%s", out.String(), want)
	}
}

// TestCulprits: a culprit that its kernel doesn't have is a mistake of the
// list, and so is a line of another form.
func TestCulprits(t *testing.T) {
	for list, want := range map[string]string{
		"found1 | channel | run | no such text | reason": "has no line",
		"found1 | channel | run | ch <- 1":               "fields",
		"found1 | unknown | run | ch <- 1 | reason":      "unknown class",
	} {
		expected, err := parse(list)
		if err == nil {
			_, err = compare(t.Context(), "testdata/kernels", expected)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that contains %q", list, err, want)
		}
	}
	if _, err := parse(culprits); err != nil {
		t.Error(err)
	}
}
