"""MDMs on this computer: one small HTTP server a vendor, that behaves as documented, with traps to be switched on."""
