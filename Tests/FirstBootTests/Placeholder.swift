// FirstBoot
