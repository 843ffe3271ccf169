// Package version tells which build of the program this is.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Info describes a build.
type Info struct {
	Version string // of the module, "(devel)" for a local build
	Go      string
	Commit  string // with "+dirty" for a changed tree; "unknown" if not recorded
}

// Read returns what is recorded in the running binary.
func Read() Info {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = new(debug.BuildInfo)
	}
	return from(build)
}

func from(build *debug.BuildInfo) Info {
	info := Info{Version: build.Main.Version, Go: runtime.Version(), Commit: "unknown"}
	if info.Version == "" {
		info.Version = "(devel)"
	}
	dirty := false
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Commit = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if dirty && info.Commit != "unknown" {
		info.Commit += "+dirty"
	}
	return info
}

func (i Info) String() string {
	return fmt.Sprintf("ctxls %s\n%s %s/%s\ncommit %s", i.Version, i.Go, runtime.GOOS, runtime.GOARCH, i.Commit)
}
