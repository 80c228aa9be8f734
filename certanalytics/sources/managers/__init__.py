"""What issues, keeps or installs certificates: CAs, managers, load balancers, clouds, clusters."""
