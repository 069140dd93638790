package dev.longshore.linux;

import dev.longshore.base.Json;
import tools.jackson.databind.JsonNode;

/// nftables, one family (`ip`), by whole scripts: nft loads a script in one transaction, so a packet sees all
/// of it or nothing. Never lists or touches the tables of others.
public final class Nft {

    private static final String FAMILY = "ip";

    private final Commands commands;

    /// Over the tool `nft`.
    public Nft(Commands commands) {
        this.commands = commands;
    }

    /// Loads `script` in one transaction.
    ///
    /// @throws CommandFailedException when it was refused; nothing has changed then
    public void apply(String script) throws InterruptedException {
        commands.require(Commands.Command.of("nft", "-f", "-").withInput(script));
    }

    /// Whether the table has the chain `chain`: a cheap sign that it is still there.
    public boolean hasChain(String table, String chain) throws InterruptedException {
        return commands.run(Commands.Command.of("nft", "list", "chain", FAMILY, table, chain))
                        .exitCode()
                == 0;
    }

    /// Everything in `table` as nft's own JSON (`nftables` array); empty when there is no such table.
    public JsonNode list(String table) throws InterruptedException {
        var result = commands.run(Commands.Command.of("nft", "-j", "list", "table", FAMILY, table));
        return result.exitCode() == 0 ? Json.parse(result.out()).path("nftables") : Json.array();
    }

    /// Deletes `table`; harmless when there is none.
    public void deleteTable(String table) throws InterruptedException {
        apply("add table %1$s %2$s%ndelete table %1$s %2$s%n".formatted(FAMILY, table));
    }
}
