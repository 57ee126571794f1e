import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One Elasticsearch node on loopback, for tests: HOME (modules), DATA, HTTP port, transport port. */
class ElasticsearchLauncher {
    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[1]);
        Settings settings = Settings.builder()
            .put("path.home", args[0])
            .put("path.data", data.resolve("data").toString())
            .put("path.logs", data.resolve("logs").toString())
            .put("cluster.name", "factloom-tests")
            .put("node.name", "factloom-tests")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[2])
            .put("transport.port", args[3])
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        LogConfigurator.setNodeName("factloom-tests");
        LogConfigurator.configureESLogging();
        Environment environment = new Environment(settings, data.resolve("config"));
        PluginsLoader plugins =
            PluginsLoader.createPluginsLoader(modules(environment), Set.of(), Map.of());
        Node node = new Node(environment, plugins);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception error) {
                error.printStackTrace();
            }
            stopped.countDown();
        }));
        node.start();
        stopped.await();
    }

    /** Elasticsearch 9 asks one thing more than 8 does. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Set modules(Environment environment) throws Exception {
        for (Method method : PluginsLoader.class.getMethods()) {
            if (method.getName().equals("loadModulesBundles")) {
                return (Set) (method.getParameterCount() == 1
                    ? method.invoke(null, environment.modulesDir())
                    : method.invoke(null, environment.modulesDir(), false));
            }
        }
        throw new IllegalStateException("PluginsLoader has no loadModulesBundles");
    }
}
