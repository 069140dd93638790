package dev.longshore.apiserver.audit;

import dev.longshore.model.GoText;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;

/// An event in one line for people: what `--audit-log-format=legacy` writes.
final class EventLine {

    private static final String NONE = "<none>";

    private EventLine() {}

    static String of(AuditEvent event) {
        String name = event.user().name();
        String user = name.isEmpty() ? NONE : name;
        boolean hasGroups = !name.isEmpty() && !event.user().groups().isEmpty();
        String groups = hasGroups ? list(event.user().groups()) : NONE;
        String as = event.impersonated().map(each -> each.user().name()).orElse("<self>");
        String asGroups =
                event.impersonated().map(each -> list(each.user().groups())).orElse("<lookup>");
        String namespace = event.subject()
                .map(ObjectReference::namespace)
                .filter(each -> !each.isEmpty())
                .orElse(NONE);
        String answer =
                event.status().map(status -> status.path("code").asString("0")).orElse("<deferred>");
        List<String> sources = event.line().sources();
        return ("%s AUDIT: id=%s stage=%s ip=%s method=%s user=%s groups=%s as=%s asgroups=%s user-agent=%s"
                        + " namespace=%s uri=%s response=\"%s\"")
                .formatted(
                        DateTimeFormatter.ISO_INSTANT.format(event.received()),
                        GoText.quoted(event.id()),
                        GoText.quoted(event.stage().text()),
                        GoText.quoted(sources.isEmpty() ? "<unknown>" : sources.getFirst()),
                        GoText.quoted(event.line().verb()),
                        GoText.quoted(user),
                        GoText.quoted(groups),
                        GoText.quoted(as),
                        GoText.quoted(asGroups),
                        GoText.quoted(event.line().userAgent()),
                        GoText.quoted(namespace),
                        GoText.quoted(event.line().uri()),
                        answer);
    }

    private static String list(List<String> texts) {
        return texts.stream().map(GoText::quoted).collect(Collectors.joining(","));
    }
}
