package server

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ctxls/ctxls/internal/config"
)

// clockGrain is how much older than now the time of a new file can be.
const clockGrain = 50 * time.Millisecond

// poller finds out what changed on disk where the client does not tell: it
// compares the files of the packages, and what else lies in their folders,
// with what they were. Only the worker uses it.
type poller struct {
	since   time.Time // before anything was read
	files   map[string]stamp
	folders map[string]bool
}

// stamp is the zero value for a file that is not there.
type stamp struct {
	changed time.Time
	size    int64
}

// unknown differs from all that a file can be, and from there being none.
var unknown = stamp{size: -1}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// note remembers the files of the view, and of what it depends on, that are
// not known yet and not told of. It comes before they are analysed, since that
// may be broken off. One that is younger than the view may not be what was read
// from it: it is not remembered, and so found changed the next time. snap is
// nil when nothing could be loaded.
func (p *poller) note(v *view, snap snapshot, told func(path string) bool) {
	known := []string{filepath.Join(moduleRoot(v.dir), "go.mod")}
	for _, dir := range []string{v.needed().folder, config.Root(v.dir)} {
		if dir != "" {
			known = append(known, filepath.Join(dir, "go.work"), filepath.Join(dir, config.FileName))
		}
	}
	if snap != nil {
		known = append(known, snap.Sources()...)
	}
	if p.files == nil {
		p.files, p.folders = make(map[string]stamp), make(map[string]bool)
	}
	add := func(path string) {
		if _, ok := p.files[path]; ok {
			return
		}
		if s := stampOf(path); s.changed.Before(p.since) {
			p.files[path] = s
		} else {
			p.files[path] = unknown
		}
	}
	for _, path := range known {
		if told(path) {
			continue
		}
		add(path)
		if dir := filepath.Dir(path); !p.folders[dir] {
			p.folders[dir] = true
			for _, path := range polledIn(dir) { // those that are in no package too
				add(path)
			}
		}
	}
}

// changed returns the files that were written, made or removed since, and
// takes them for known.
func (p *poller) changed() []string {
	for dir := range p.folders {
		for _, path := range polledIn(dir) {
			if _, known := p.files[path]; !known {
				p.files[path] = stamp{}
			}
		}
	}
	var paths []string
	for path, old := range p.files {
		now := stampOf(path)
		if now == old {
			continue
		}
		paths = append(paths, path)
		p.files[path] = now
		if now == (stamp{}) {
			delete(p.files, path)
		}
	}
	return paths
}

func polledIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var paths []string
	for _, e := range entries {
		if name := e.Name(); (strings.HasSuffix(name, ".go") || name == config.FileName) && e.Type()&fs.ModeDir == 0 {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}
