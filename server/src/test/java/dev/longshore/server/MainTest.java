package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

    @Test
    void everyCommandAnswersToHelp() {
        var waiting = new ArrayDeque<List<String>>(List.of(List.of()));
        int seen = 0;
        while (!waiting.isEmpty()) {
            List<String> command = waiting.pop();
            CommandLine line = Main.commandLine();
            CommandLine named = line;
            for (String word : command) {
                named = named.getSubcommands().get(word);
            }
            named.getSubcommands().keySet().forEach(word -> {
                var deeper = new ArrayList<>(command);
                deeper.add(word);
                waiting.add(deeper);
            });
            var out = new StringWriter();
            line.setOut(new PrintWriter(out));
            var args = new ArrayList<>(command);
            args.add("--help");

            assertThat(line.execute(args.toArray(String[]::new))).as("%s", args).isZero();
            assertThat(out.toString()).as("%s", args).contains("Usage: longshore");
            seen++;
        }
        assertThat(seen).isGreaterThan(10);
    }
}
