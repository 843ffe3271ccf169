//go:build unix

package main

import "testing"

func TestFresh(t *testing.T) {
	at := func(rule, function, message string) finding {
		return finding{Rule: rule, File: "a.go", Function: function, Message: message}
	}
	before := []finding{at("r", "f", "leaves at line 10"), at("r", "f", "leaves at line 20"), at("s", "f", "gone")}
	after := []finding{at("r", "f", "leaves at line 12"), at("r", "f", "leaves at line 22"), at("r", "f", "leaves at line 32"), at("r", "g", "leaves at line 12")}
	got := fresh(before, after)
	if len(got) != 2 || got[0].Message != "leaves at line 32" || got[1].Function != "g" {
		t.Errorf("fresh findings: %v", got)
	}
}
