//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// largest is the size above which a file is data that no analysis reads.
const largest = 8 << 20

// checkout returns a folder with the files of the project at the commit.
func (c *corpus) checkout(ctx context.Context, repo, commit string) (string, error) {
	name := repo[strings.LastIndexByte(repo, '/')+1:]
	flat := strings.ReplaceAll(repo, "/", "+")
	var store string
	for _, folder := range c.projects {
		for _, candidate := range []string{filepath.Join(flat, "repo"), flat, name} {
			candidate = filepath.Join(folder, candidate)
			if _, err := os.Stat(candidate); err == nil && store == "" {
				store = candidate
			}
		}
	}
	if store == "" {
		return "", fmt.Errorf("skipped: %s is not among the projects", repo)
	}
	if err := exec.CommandContext(ctx, "git", "-C", store, "rev-parse", "-q", "--verify", commit+"^{commit}").Run(); err != nil {
		if _, err := os.Stat(filepath.Join(store, "go.mod")); err == nil {
			return store, nil // a plain folder
		}
		return "", fmt.Errorf("skipped: no commit %.12s", commit)
	}
	folder := filepath.Join(c.checkouts, flat+"@"+commit)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	unfinished := folder + ".tmp"
	if err := os.RemoveAll(unfinished); err != nil {
		return "", fmt.Errorf("clearing a checkout that was not finished: %w", err)
	}
	if err := export(ctx, store, commit, unfinished); err != nil {
		return "", fmt.Errorf("checking out %s at %.12s: %w", repo, commit, err)
	}
	if err := os.Rename(unfinished, folder); err != nil {
		return "", fmt.Errorf("checking out: %w", err)
	}
	return folder, nil
}

// entry is a file of a commit.
type entry struct {
	mode, hash, name string
}

// export writes the files of the commit below folder, without those that the
// store lacks or that are large: git itself would give up on a store that is
// not complete.
func export(ctx context.Context, store, commit, folder string) error {
	entries, err := listFiles(ctx, store, commit)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ends git when an answer is left unread
	defer cancel()
	cat := exec.CommandContext(ctx, "git", "-C", store, "cat-file", "--batch")
	var names bytes.Buffer
	for _, e := range entries {
		fmt.Fprintln(&names, e.hash)
	}
	cat.Stdin = &names
	out, err := cat.StdoutPipe()
	if err != nil {
		return fmt.Errorf("reading from git: %w", err)
	}
	if err := cat.Start(); err != nil {
		return fmt.Errorf("starting git: %w", err)
	}
	answers := bufio.NewReaderSize(out, 1<<20)
	for _, e := range entries {
		data, err := readBlob(answers)
		if err != nil {
			return fmt.Errorf("reading %s: %w", e.name, err)
		}
		if data == nil || len(data) > largest {
			continue
		}
		if err := e.write(folder, data); err != nil {
			return err
		}
	}
	if err := cat.Wait(); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	return nil
}

func listFiles(ctx context.Context, store, commit string) ([]entry, error) {
	out, err := exec.CommandContext(ctx, "git", "-C", store, "ls-tree", "-r", "-z", commit).Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-tree: %w", err)
	}
	var entries []entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		meta, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 || fields[1] != "blob" {
			continue // a submodule
		}
		entries = append(entries, entry{mode: fields[0], hash: fields[2], name: name})
	}
	return entries, nil
}

// readBlob reads one answer of git cat-file --batch; nil means that the store
// does not have it.
func readBlob(r *bufio.Reader) ([]byte, error) {
	head, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) == 2 && fields[1] == "missing" {
		return nil, nil
	}
	if len(fields) != 3 {
		return nil, fmt.Errorf("git says %q", head)
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return nil, err
	}
	data := make([]byte, size+1) // with a line feed
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

func (e entry) write(folder string, data []byte) error {
	if !filepath.IsLocal(e.name) {
		return errors.New("a file name leaves the project: " + e.name)
	}
	file := filepath.Join(folder, e.name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("writing a checkout: %w", err)
	}
	if e.mode == "120000" {
		if target := string(data); filepath.IsLocal(filepath.Join(filepath.Dir(e.name), target)) {
			if err := os.Symlink(target, file); err != nil {
				return fmt.Errorf("writing a checkout: %w", err)
			}
		}
		return nil
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("writing a checkout: %w", err)
	}
	return nil
}
