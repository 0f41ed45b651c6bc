package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rastro/internal/config"
	"rastro/internal/event"
)

// dialects are the names for --dialect.
var dialects = config.Dialects

func outputFlag(c *cobra.Command, to *string, normal string) {
	c.Flags().StringVar(to, "output", normal, "text or ndjson")
	completeWords(c, "output", "text", "ndjson")
}

func fieldsFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "fields", "", "fields to show, parted by commas")
	completeFields(c, "fields")
}

func zoneFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "zone", "", "time zone of the times shown and of the days in the query; default: this machine's")
}

// ports are the listeners, in the order in which people are told about them.
// Each is a flag of serve and demo, and a key below listen.
var ports = []struct {
	name, scheme, what string
	of                 func(*config.Listen) *config.Address
}{
	{"ui", "http://", "user interface and JSON API", func(l *config.Listen) *config.Address { return &l.UI }},
	{"elastic", "http://", "Elasticsearch-shaped API", func(l *config.Listen) *config.Address { return &l.Elastic }},
	{"monitor", "http://", "metrics and health", func(l *config.Listen) *config.Address { return &l.Monitor }},
	{"beats", "tcp://", "Beats", func(l *config.Listen) *config.Address { return &l.Beats }},
}

func portFlags(c *cobra.Command) {
	normal := config.Default().Listen
	for _, p := range ports {
		c.Flags().String(p.name, "", fmt.Sprintf("address of the port for %s, or off (key listen.%s, default %s)", p.what, p.name, *p.of(&normal)))
	}
}

// takePorts puts the port flags that were given over the configured addresses.
func takePorts(c *cobra.Command, to *config.Listen) error {
	for _, p := range ports {
		if !c.Flags().Changed(p.name) {
			continue
		}
		address := config.Address(c.Flag(p.name).Value.String())
		if err := config.CheckAddress(address); err != nil {
			return usagef("--%s: %w", p.name, err)
		}
		*p.of(to) = address
	}
	return nil
}

// completeWords completes a flag with one of some words.
func completeWords(c *cobra.Command, flag string, words ...string) {
	complete(c, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeFields completes a list of fields parted by commas.
func completeFields(c *cobra.Command, flag string) {
	complete(c, flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		begun := typed[:strings.LastIndexAny(typed, ",-")+1]
		var names []string
		for _, info := range event.Fields() {
			names = append(names, begun+info.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// completeFiles completes --data with folders and --config with YAML files.
func completeFiles(c *cobra.Command) {
	complete(c, "data", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	})
	complete(c, "config", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	})
}

// completeFolders completes a flag with folders.
func completeFolders(c *cobra.Command, flag string) {
	complete(c, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	})
}

func complete(c *cobra.Command, flag string, with cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, with); err != nil {
		panic("BUG: " + err.Error()) // the flag does not exist
	}
}

// completeQuery completes the name of a field in a query, and what a field
// with few values may hold.
func completeQuery(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if name, _, found := strings.Cut(typed, ":"); found {
		var values []string
		for _, v := range valuesOf[name] {
			values = append(values, name+":"+v)
		}
		return values, directive
	}
	var names []string
	for _, info := range event.Fields() {
		names = append(names, info.Name+":")
	}
	slices.Sort(names)
	return names, directive
}

// valuesOf are the values of the fields that have few.
var valuesOf = map[string][]string{
	event.EventType.Name(): {
		event.TypeConnection, event.TypeCommand, event.TypeReception, event.TypeQueue, event.TypeDelivery, event.TypeRejection,
		event.TypeAuthentication, event.TypeContentCheck, event.TypeMailboxAccess, event.TypeSystem, event.TypeError, event.TypeUnparsed,
	},
	event.Status.Name(): {
		event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced, event.StatusExpired,
		event.StatusRejected, event.StatusDiscarded, event.StatusHeld, event.StatusQuarantined, event.StatusForwarded,
	},
	event.IsError.Name(): {"true", "false"},
	event.Success.Name(): {"true", "false"},
}
