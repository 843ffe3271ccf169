// Package examples embeds small programs, each with one of the bugs that
// ctxls finds. They stand below testdata so that ./... leaves them out: no
// other tool should stumble over bugs that are there on purpose.
//
// Run one with
//
//	go run ./examples/testdata/lostcancel
//
// and again after ctxls check --fix=all ./examples/testdata/lostcancel: each
// prints what the bug does.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed testdata
var files embed.FS

// Names are the folders in [FS]: each is one program in main.go, with one
// finding of the rule of that name.
var Names = []string{
	"lostcancel", "deadctx", "discardeddone", "donenoexit", "deafgoroutine", "deafloop", "deafsleep", "abandonedsend", "closedspin",
}

// FS returns the programs.
func FS() fs.FS {
	sub, err := fs.Sub(files, "testdata")
	if err != nil {
		panic(err) // not a valid path: impossible
	}
	return sub
}
