package dev.longshore.server;

import picocli.CommandLine.Command;

/// `longshore certs …`: the cluster's own certificates.
@Command(
        name = "certs",
        description = {
            "Lists and renews the cluster's own certificates.",
            "A running server renews them by itself when a fifth of their time is left, and every",
            "start renews those that have expired: renewing by hand is for those who cannot wait."
        },
        subcommands = {CertsListCommand.class, CertsRenewCommand.class, CertsRotateTokenKeyCommand.class})
final class CertsCommand {}
