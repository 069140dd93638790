package dev.longshore.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// `longshore encryption …`: keys for what is stored, and what is stored under which.
@Command(
        name = "encryption",
        description = "Looks after encryption at rest (`up --encryption-provider-config FILE`).",
        subcommands = {
            EncryptionInitCommand.class,
            EncryptionRotateCommand.class,
            EncryptionStatusCommand.class,
            EncryptionRewriteCommand.class
        },
        scope = ScopeType.LOCAL)
final class EncryptionCommand {}
