package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What conmon says on its sync pipe: `{"data": PID}`, or a negative number and a message with the OCI
/// runtime's words.
final class ConmonAnswer {

    private ConmonAnswer() {}

    static Optional<String> message(String answer) {
        return parse(answer)
                .map(tree -> tree.path("message").asString(""))
                .map(ConmonAnswer::plain)
                .filter(words -> !words.isEmpty());
    }

    static Optional<Integer> number(String answer) {
        return parse(answer)
                .map(tree -> tree.path("data"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asInt);
    }

    private static Optional<JsonNode> parse(String answer) {
        try {
            return Optional.of(Json.parse(answer));
        } catch (Json.MalformedException cutShort) {
            return Optional.empty();
        }
    }

    // The runtime may have logged in JSON lines.
    private static String plain(String words) {
        return words.lines()
                .map(line -> line.startsWith("{")
                        ? parse(line)
                                .map(tree -> tree.path("msg").asString(line))
                                .orElse(line)
                        : line)
                .reduce((first, second) -> first + "; " + second)
                .orElse("")
                .strip();
    }
}
