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

/**
 * One Elasticsearch node on loopback, for tests: HOME (modules), DATA, HTTP port, transport port;
 * and, for a cluster, the transport port of its master, which may be the node itself.
 */
class ElasticsearchLauncher {
    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[1]);
        boolean alone = args.length == 4;
        boolean master = alone || args[4].equals(args[3]);
        Settings.Builder builder = Settings.builder()
            .put("path.home", args[0])
            .put("path.data", data.resolve("data").toString())
            .put("path.logs", data.resolve("logs").toString())
            .put("cluster.name", "factloom-tests")
            .put("node.name", master ? "master" : "second")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[2])
            .put("transport.port", args[3])
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false);
        if (alone) {
            builder.put("discovery.type", "single-node");
        } else {
            builder.putList("discovery.seed_hosts", "127.0.0.1:" + args[4]);
        }
        if (master && !alone) {
            builder.putList("cluster.initial_master_nodes", "master");
        }
        if (!master) {
            builder.putList("node.roles", "data");
        }
        Settings settings = builder.build();
        LogConfigurator.setNodeName(settings.get("node.name"));
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
