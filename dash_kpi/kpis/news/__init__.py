"""What is new about KPIs in a period: found by computation, told apart from noise, ranked."""
