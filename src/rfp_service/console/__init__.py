"""The console: pages for people, who see and decide there what programs see and decide over the API."""
