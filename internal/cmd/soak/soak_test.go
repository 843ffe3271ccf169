package main

import (
	"testing"
)

// After any edits of bodies the incremental analysis says what a whole one
// does, on code that nobody wrote for this test.
func TestIncrementalEqualsWhole(t *testing.T) {
	for _, pattern := range []string{"os/exec", "database/sql"} {
		t.Run(pattern, func(t *testing.T) {
			r, err := soak{dir: ".", pattern: pattern, seed: 11, steps: 24, log: t.Output()}.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.updated < r.steps/4 || r.withFindings == 0 {
				t.Errorf("%d of %d edits were incremental, %d states had findings: this compares nothing", r.updated, r.steps, r.withFindings)
			}
		})
	}
}
