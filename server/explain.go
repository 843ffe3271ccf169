package server

import (
	"fmt"
	"go/build"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ctxls/ctxls/internal/workspace"
)

// explain says on an open file why nothing is found in it: v is its view, or
// nil, and none of v's packages contains it.
func (s *session) explain(v *view, path string) {
	if s.documents()[path] == nil {
		s.publish(path, nil) // it was removed, or closed
		return
	}
	if v != nil && v.result(path) != nil {
		return // its problem is shown already
	}
	s.publish(path, alone(s.documents(), v, path))
}

// alone returns what is shown of a file in which nothing can be found: why
// that is so, if it is open.
func alone(docs documents, v *view, path string) *fileResult {
	r := new(fileResult)
	if docs[path] == nil {
		return r
	}
	if reason := whyAlone(v, path); reason != "" {
		r.add(workspace.Error{File: path, Message: reason})
	}
	return r
}

func whyAlone(v *view, path string) string {
	module := moduleRoot(filepath.Dir(path))
	switch {
	case module == "":
		return "this file is in no module: there is no go.mod in its folder or above"
	case v == nil:
		return "" // somebody else's module
	}
	name := filepath.Base(path)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return ""
	}
	if hidden(filepath.Dir(path), module) {
		return "" // the go command leaves it out, and so does everybody
	}
	v.mu.Lock()
	setup := v.setup
	v.mu.Unlock()
	if strings.HasSuffix(name, "_test.go") && !setup.tests {
		return "" // as the settings want it
	}
	context := build.Default
	context.BuildTags = setup.buildTags
	if match, err := context.MatchFile(filepath.Dir(path), name); err == nil && !match {
		tags := ""
		if len(setup.buildTags) > 0 {
			tags = ", tags " + strings.Join(setup.buildTags, ",")
		}
		return fmt.Sprintf("build constraints exclude this file from the build (%s/%s%s)", runtime.GOOS, runtime.GOARCH, tags)
	}
	return "the go command finds no package with this file"
}
