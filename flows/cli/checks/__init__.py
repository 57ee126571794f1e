"""What `factloom doctor` looks at: this machine, and the servers."""
