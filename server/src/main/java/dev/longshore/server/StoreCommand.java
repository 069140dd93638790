package dev.longshore.server;

import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// `longshore store …`.
@Command(
        name = "store",
        description = "Looks after the cluster's store.",
        subcommands = {StoreCheckCommand.class},
        scope = ScopeType.LOCAL)
final class StoreCommand {}
