package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.SubresourceAction;
import java.util.OptionalLong;

/// What may be asked of a log.
final class LogQuery {

    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "PodLogOptions");

    private LogQuery() {}

    /// @throws FaultException when it makes no sense
    static void require(SubresourceAction.Invocation asked) {
        OptionalLong tail = number(asked, "tailLines");
        OptionalLong limit = number(asked, "limitBytes");
        OptionalLong since = number(asked, "sinceSeconds");
        boolean hasTime =
                asked.parameter("sinceTime").filter(text -> !text.isEmpty()).isPresent();
        var checks = new Checks();
        if (tail.isPresent() && tail.getAsLong() < 0) {
            checks.invalid("tailLines", tail.getAsLong(), "must be greater than or equal to 0");
        }
        if (limit.isPresent() && limit.getAsLong() < 1) {
            checks.invalid("limitBytes", limit.getAsLong(), "must be greater than 0");
        }
        if (since.isPresent() && hasTime) {
            checks.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        } else if (since.isPresent() && since.getAsLong() < 1) {
            checks.invalid("sinceSeconds", since.getAsLong(), "must be greater than 0");
        }
        if (asked.parameter("stream").isPresent()) {
            checks.forbidden("stream", "may not be specified");
        }
        if (!checks.causes().isEmpty()) {
            throw new FaultException(new Fault.Invalid(KIND, asked.name(), checks.causes()));
        }
    }

    private static OptionalLong number(SubresourceAction.Invocation asked, String name) {
        String text = asked.parameter(name).orElse("");
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException malformed) {
            throw new FaultException(
                    new Fault.BadRequest("strconv.ParseInt: parsing \"%s\": invalid syntax".formatted(text)));
        }
    }
}
