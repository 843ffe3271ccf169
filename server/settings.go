package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/config"
)

// clientKeys stand in the same section, but are for the editor's extension.
var clientKeys = []string{"args", "enable", "path", "run", "trace"}

// settingsFrom takes our section out of what a client sends: the section
// itself or an object that holds it. It returns nil if there is none; to some
// clients an empty list is that.
func settingsFrom(raw []byte) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) == nil && all[source] != nil {
		raw, all = all[source], nil
	}
	if none := strings.Join(strings.Fields(string(raw)), ""); none == "" || none == "null" || none == "[]" {
		return nil
	}
	if json.Unmarshal(raw, &all) != nil {
		return bytes.TrimSpace(raw) // which is said to be wrong
	}
	for _, key := range clientKeys {
		delete(all, key)
	}
	section, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return section
}

// changedSettings takes our section out of what a client tells of. Some send
// the sections of other servers, or nothing, to all of them: without the name of
// ours it counts when a key is ours.
func changedSettings(raw []byte) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	if _, ok := all[source]; !ok && !slices.ContainsFunc(slices.Collect(maps.Keys(all)), config.IsKey) {
		return nil
	}
	return settingsFrom(raw)
}

// setSettings takes over settings, as far as they are right, and says what is
// wrong with the rest. What is no map leaves the older ones as they are. It
// reports whether there were any.
func (s *session) setSettings(section json.RawMessage) bool {
	if section == nil {
		return false
	}
	cfg, problems := config.Parse(section)
	usable := section[0] == '{'
	if !usable {
		problems = config.Problems{{Message: fmt.Sprintf("%.40s is not a map of keys", section)}}
	}
	var messages []string
	for _, p := range problems {
		messages = append(messages, "ctxls settings: "+p.Message)
	}
	s.mu.Lock()
	if usable {
		s.settings, s.unread = cfg, true
	}
	old := s.complaints
	s.complaints = messages
	s.mu.Unlock()
	s.complain(old, messages)
	return true
}

// complain shows what is wrong now and was not before.
func (s *session) complain(old, messages []string) {
	for _, m := range old {
		if !slices.Contains(messages, m) {
			s.unsay(m)
		}
	}
	for _, m := range messages {
		s.say(protocol.MessageTypeWarning, m)
	}
}

func (s *session) DidChangeConfiguration(_ context.Context, p *protocol.DidChangeConfigurationParams) error {
	if s.client().configuration {
		s.spawn("configuration", func() {
			s.pullSettings()
			s.worker.submit(job{all: true})
		})
		return nil
	}
	if s.setSettings(changedSettings(p.Settings)) {
		s.worker.submit(job{all: true})
	}
	return nil
}

// pullSettings asks the client for our section.
func (s *session) pullSettings() {
	ctx, cancel := context.WithTimeout(s.root, 5*time.Second)
	defer cancel()
	section := source
	values, err := s.editor.Configuration(ctx, &protocol.ConfigurationParams{
		Items: []protocol.ConfigurationItem{{Section: &section}},
	})
	if err != nil {
		s.log.WarnContext(ctx, "the client gave no settings", "error", err)
		return
	}
	if len(values) == 0 {
		return
	}
	pulled := settingsFrom(values[0])
	s.mu.Lock()
	if pulled == nil && s.pulled && string(values[0]) == "null" {
		pulled = json.RawMessage(`{}`) // the user took them out
	}
	s.pulled = pulled != nil
	s.mu.Unlock()
	s.setSettings(pulled)
}

// awaitSettings waits for those that the client has been asked for at its
// start: an answer by others would have to be taken back. A client that never
// says that it is initialized is not asked.
func (s *session) awaitSettings(ctx context.Context) error {
	s.mu.Lock()
	asked := s.info.configuration && s.started
	s.mu.Unlock()
	if !asked {
		return nil
	}
	select {
	case <-s.configured:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// typingDelay is how long after the last edit of a file its package is
// analysed.
func (s *session) typingDelay(path string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	best, delay := "", s.settings.TypingDelay
	for _, v := range s.views {
		if len(v.dir) > len(best) && below(path, v.dir) {
			v.mu.Lock()
			best, delay = v.dir, v.setup.typing
			v.mu.Unlock()
		}
	}
	if delay == nil {
		return s.opts.Typing
	}
	return *delay
}

// setupOf reads the configuration file that holds for a folder and lays the
// settings over it. The globs of the settings are relative to the workspace
// folder.
func (s *session) setupOf(dir, folder string) setup {
	root := config.Root(dir)
	var file config.Config
	name, err := config.Find(dir, root)
	if name != "" && err == nil {
		file, err = config.Load(name)
	}
	var messages []string
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			messages = append(messages, config.Problems{p}.Error())
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		messages = append(messages, err.Error())
	}
	s.mu.Lock()
	settings := s.settings
	old := s.fileComplaints[dir]
	s.fileComplaints[dir] = messages
	s.mu.Unlock()
	s.complain(old, messages)

	settings.Dir = cmp.Or(folder, root)
	result := setup{excluding: []config.Config{settings, file}, tests: true, buildTags: file.BuildTags, functions: file.Functions}
	for _, c := range []config.Config{file, settings} {
		if c.Tests != nil {
			result.tests = *c.Tests
		}
	}
	if settings.BuildTags != nil {
		result.buildTags = settings.BuildTags
	}
	if settings.Functions.Blocking != nil {
		result.functions.Blocking = settings.Functions.Blocking
	}
	if settings.Functions.Joins != nil {
		result.functions.Joins = settings.Functions.Joins
	}
	result.typing = cmp.Or(settings.TypingDelay, file.TypingDelay)
	for _, c := range []config.Config{file, settings} {
		result.hints.add(c.InlayHints)
	}
	severity := make(map[string]diagnostics.Severity)
	maps.Copy(severity, file.Rules)
	maps.Copy(severity, settings.Rules)
	result.shown = diagnostics.Options{Severity: severity, Tests: result.tests}
	return result
}
