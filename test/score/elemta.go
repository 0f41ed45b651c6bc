package main

func (s *scorer) elemta() error { return nil }
