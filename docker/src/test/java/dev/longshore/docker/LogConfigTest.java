package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerOptions;
import org.junit.jupiter.api.Test;

class LogConfigTest {

    private static LogConfig config(String json) {
        return new LogConfig(Json.parse(json.replace('\'', '"')));
    }

    @Test
    void logsGrowForEverUnlessTheyAreLimited() {
        assertThat(config("{}").kept()).isEqualTo(new ContainerOptions.Log(-1, 1));
        assertThat(config("{'Type':'json-file','Config':{'max-size':'10k','max-file':'3'}}")
                        .kept())
                .isEqualTo(new ContainerOptions.Log(10 << 10, 3));
        assertThat(config("{'Type':'local'}").kept()).isEqualTo(new ContainerOptions.Log(20 << 20, 5));
        assertThat(config("{'Type':'none'}").kept()).isEqualTo(ContainerOptions.Log.NONE);
    }

    @Test
    void severalFilesNeedASize() {
        assertThatThrownBy(() ->
                        config("{'Type':'json-file','Config':{'max-file':'3'}}").check())
                .hasMessage("max-file cannot be used without max-size");
    }
}
