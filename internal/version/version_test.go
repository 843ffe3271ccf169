package version

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestFrom(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for _, test := range []struct {
		name            string
		build           debug.BuildInfo
		version, commit string
	}{
		{"nothing recorded", debug.BuildInfo{}, "(devel)", "unknown"},
		{"installed", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3", "unknown"},
		{"built", debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "abc"), setting("vcs.modified", "false")}}, "(devel)", "abc"},
		{"changed", debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.modified", "true"), setting("vcs.revision", "abc")}}, "(devel)", "abc+dirty"},
	} {
		info := from(&test.build)
		if info.Version != test.version || info.Commit != test.commit || !strings.HasPrefix(info.Go, "go1.") {
			t.Errorf("%s: got %+v", test.name, info)
		}
	}
}
