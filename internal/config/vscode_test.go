package config

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
)

// TestSettingsOfVSCode holds the extension's list of settings to the keys of a
// configuration, and its list of rules to the registry.
func TestSettingsOfVSCode(t *testing.T) {
	type setting struct {
		Default     json.RawMessage
		Description string
		Enum        []string
		Properties  map[string]setting
	}
	var manifest struct {
		Contributes struct {
			Configuration struct{ Properties map[string]setting }
		}
	}
	data, err := os.ReadFile("../../editors/vscode/package.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	settings := manifest.Contributes.Configuration.Properties
	for key := range keys {
		s, ok := settings["ctxls."+key]
		if !ok {
			t.Errorf("package.json lacks the setting ctxls.%s", key)
			continue
		}
		switch string(s.Default) {
		case "[]", "{}", "null", `""`: // what the extension takes for unset
		default:
			t.Errorf("ctxls.%s has the default %s, which would come before the one of the workspace's file", key, s.Default)
		}
	}
	rules := settings["ctxls.rules"].Properties
	for _, r := range diagnostics.All {
		want := "off"
		if r.Default {
			want = r.Severity.String()
		}
		s, ok := rules[r.Name]
		delete(rules, r.Name)
		switch {
		case !ok:
			t.Errorf("package.json lacks the rule %s", r.Name)
		case s.Description != r.Title || string(s.Default) != `"`+want+`"`:
			t.Errorf("package.json tells of the rule %s that it is %s, %q; it is %q, %q", r.Name, s.Default, s.Description, want, r.Title)
		}
	}
	for name := range rules {
		t.Errorf("package.json has a rule %s, which is none", name)
	}
}
