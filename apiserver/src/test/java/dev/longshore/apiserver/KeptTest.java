package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptTest {

    private final Desk desk = new Desk();
    private final AtomicInteger making = new AtomicInteger();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void isMadeAnewOnlyWhenSomethingHasChanged() {
        Supplier<List<String>> names = desk.server().registry().kept(new GroupResource("", "widgets"), objects -> {
            making.incrementAndGet();
            return objects.stream().map(Resource::name).toList();
        });

        assertThat(names.get()).isEmpty();
        make("a");
        await().until(() -> names.get().equals(List.of("a")));
        int after = making.get();
        desk.post(
                "/apis/example.com/v1/gadgets",
                "{'apiVersion':'example.com/v1','kind':'Gadget','metadata':{'name':'g'}}");
        assertThat(names.get()).containsExactly("a");
        assertThat(names.get()).isSameAs(names.get());
        assertThat(making).hasValue(after);
        make("b");
        await().until(() -> names.get().equals(List.of("a", "b")));
        desk.delete("/api/v1/namespaces/default/widgets/a", "{'gracePeriodSeconds':0}");
        await().until(() -> !names.get().contains("a"));
    }

    private void make(String name) {
        desk.post(
                "/api/v1/namespaces/default/widgets",
                "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'" + name + "'}}");
    }
}
