package main

import (
	"testing"
)

// After any edits of bodies the incremental analysis says what a whole one
// does, on code that nobody wrote for this test.
func TestIncrementalEqualsWhole(t *testing.T) {
	for pattern, steps := range map[string]int{"os/exec": 24, "database/sql": 8} {
		t.Run(pattern, func(t *testing.T) {
			r, err := soak{dir: ".", pattern: pattern, seed: 11, steps: steps, log: t.Output()}.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.updated < steps/4 || r.withFindings == 0 {
				t.Errorf("%d of %d edits were incremental, %d states had findings: this compares nothing", r.updated, r.steps, r.withFindings)
			}
			if r.early == 0 {
				t.Error("nothing was told early")
			}
			if len(r.interrupted) == 0 {
				t.Error("no analysis was interrupted")
			}
		})
	}
}
