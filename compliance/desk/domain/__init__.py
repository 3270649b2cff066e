"""The desk's rules, without a framework: statutory clocks, states of a request, grounds, figures."""
