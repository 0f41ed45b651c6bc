// Package geoip says where an IP address is: its country, its city and the
// network operator that announces it, as databases in the format of MaxMind
// (.mmdb) tell.
//
// What comes in are the paths of databases and addresses; what goes out are
// places. A database that is replaced on disk is taken while readers go on. It
// never asks the network, never writes a file, and knows nothing of addresses
// that belong to nobody in particular: private, loopback, link-local.
package geoip
