package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What admission reads again and again is kept parsed; nobody may notice.
final class KnownObjectsTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";
    private final Looking looking = new Looking();

    @Test
    void admissionSeesEveryChangeAtOnce() {
        try (var desk = new Desk(looking)) {
            create(desk, "a");
            assertThat(looking.seen()).isEqualTo(List.of());
            create(desk, "b");
            assertThat(looking.seen()).isEqualTo(List.of("a=;"));
            create(desk, "c");
            assertThat(looking.seen()).isEqualTo(List.of("a=;", "b=;"));
            patch(desk, "a", "{'metadata':{'labels':{'x':'1'}}}");
            create(desk, "d");
            assertThat(looking.seen()).isEqualTo(List.of("a=1;", "b=;", "c=;"));
            assertThat(desk.delete(WIDGETS + "/b", "").status()).isEqualTo(200);
            create(desk, "b");
            assertThat(looking.seen()).isEqualTo(List.of("a=1;", "c=;", "d=;"));
        }
    }

    @Test
    void whatAdmissionDoesToItsCopyIsForgotten() {
        try (var desk = new Desk(looking)) {
            create(desk, "a");
            create(desk, "b");
            // Looking has written into the copies by now.
            create(desk, "c");
            assertThat(looking.seen()).isEqualTo(List.of("a=;", "b=;"));
            assertThat(desk.get(WIDGETS + "/a").json().at("/metadata/labels").isMissingNode())
                    .isTrue();
        }
    }

    private static void create(Desk desk, String name) {
        String body = "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'%s'},'spec':{'size':1}}".formatted(name);
        assertThat(desk.post(WIDGETS, body).status()).isEqualTo(201);
    }

    private static void patch(Desk desk, String name, String body) {
        assertThat(desk.patch(WIDGETS + "/" + name, "merge-patch+json", body).status())
                .isEqualTo(200);
    }

    /// Notes the widgets that a creation finds, as a list and one by one, and scribbles on them.
    private static final class Looking implements Admission {
        private static final GroupResource RESOURCE = new GroupResource("", "widgets");
        private final List<String> seen = new ArrayList<>();

        List<String> seen() {
            return List.copyOf(seen);
        }

        @Override
        public String name() {
            return "Looking";
        }

        @Override
        public void mutate(Attempt attempt, Registry registry) {
            if (attempt.operation() != Operation.CREATE) {
                return;
            }
            seen.clear();
            for (Resource widget : registry.list(RESOURCE, "default")) {
                Resource alone =
                        registry.get(RESOURCE, "default", widget.name()).orElseThrow();
                assertThat(alone).isEqualTo(widget).isNotSameAs(widget);
                seen.add(widget.name() + "=" + alone.text("metadata", "labels", "x") + ";");
                widget.metadata().putObject("labels").put("x", "scribble");
                alone.metadata().putObject("labels").put("x", "scribble");
            }
        }
    }
}
