-- SPDX-License-Identifier: GPL-2.0-or-later
---@meta netdojo
--
-- The scenario API, level 1, for editors that read LuaCATS. tests/lua/types.lua compares it with the real tables.
-- A value marked `any` may be a string or number, with {{p.name}} filled in, or a function of the parameters.

---@alias netdojo.text string|{ en: string, ja: string? }
---@alias netdojo.layer "L1"|"L2"|"L2.5"|"L3"|"L4"|"L5"|"other"

-- The scenario ------------------------------------------------------------------------------------------------------

---@class netdojo.truth
---@field layer "L1"|"L2"|"L2.5"|"L3"|"L4"|"L5"|"other" where the fault is
---@field cause string an id of the catalogue of causes
---@field at string the node it sits on

---@class netdojo.hint
---@field en string
---@field ja string
---@field price? integer points it costs; 3, 5 and 8 for the first, second and third unless said

---@class netdojo.misstep
---@field name string what the learner does wrong
---@field commands netdojo.typed[] typed in the learner's shell
---@field at_most integer the score this must not exceed

---A line typed at the Windows prompt, in place of the learner's own shell.
---@class netdojo.line
---@field windows string

---@alias netdojo.typed string|netdojo.line

---@class netdojo.requires
---@field kernel? string[] what the kernel must be able to do
---@field tools? string[] programs the learner needs

---@class netdojo.params addresses of the lab, drawn from the seed; params() may add to them
---@field seed string
---@field variant string
---@field subnet string WSL's network, "172.27.32.0/20"
---@field subnet_base string "172.27.32.0"
---@field prefix integer 20
---@field netmask string "255.255.240.0"
---@field broadcast string
---@field gateway string the Windows side of the switch
---@field guest string WSL's own address
---@field spare string a free address of the same network
---@field guest2 string WSL's address after its first restart, where it moves
---@field guest3 string and after the second
---@field guest_mac string
---@field gateway_mac string
---@field windows string on the home network
---@field phone string on the home network
---@field router string 192.168.1.1
---@field wan string the home router's outside address
---@field wan_gateway string
---@field google string
---@field github string
---@field downloads string address of downloads.example.com
---@field site string a name that exists in this learner's lab alone
---@field site_address string
---@field vpn_server string the VPN's server on the internet
---@field vpn_address string what it gives its client
---@field corp_network string the company's network behind it
---@field corp_gateway string
---@field corp_dns string
---@field corp_web string address of intranet.corp.example
---@field corp_git string address of git.corp.example
---@field tailnet_guest string WSL's address in its tailnet, where the lab has one
---@field tailnet_windows string Windows' address in another
---@field tailnet_peer string the build server's in WSL's
---@field tailnet_public string the build server's on the internet
---@field docker_gateway string docker0's address, where the lab has containers
---@field container string the first container's
---@field hostname string
---@field [string] any

---@class netdojo.scenario
---@field api integer 1
---@field id string the folder's name: lower-case letters, digits and '-'
---@field layer "L1"|"L2"|"L2.5"|"L3"|"L4"|"L5"|"other"
---@field mode "nat"|"mirrored"|"bridged"|"consomme"|"none"
---@field level integer 1 (first steps) to 5
---@field chapter? integer of the guide
---@field minutes? integer a learner needs
---@field tags? string[]
---@field title netdojo.text
---@field ticket netdojo.text what the user in trouble wrote; never the answer
---@field goals? netdojo.text[]
---@field sources? string[] public reports it follows
---@field requires? netdojo.requires
---@field params? fun(seed: netdojo_seed, p: netdojo.params): table more parameters
---@field topology fun(p: netdojo.params): table the healthy lab, by wsl2.nat
---@field fault fun(lab: netdojo_lab, p: netdojo.params) what breaks
---@field symptoms netdojo.probe_spec[] fail because of the fault
---@field controls netdojo.probe_spec[] pass all the time
---@field fixed? netdojo.probe_spec[] must pass after the mend; the symptoms unless said
---@field truth netdojo.truth[] empty: nothing is wrong
---@field steps netdojo.step_spec[] points sum to 100
---@field pass? integer 70 unless said
---@field hints? netdojo.text[] where to look, what to compare, what it is; each may be a netdojo.hint with a price of its own
---@field look_alike? string[] causes it may be mistaken for
---@field solution netdojo.typed[] commands of the reference learner
---@field alternatives? netdojo.typed[][] other right ways
---@field missteps? netdojo.misstep[]
---@field variants? table<string, netdojo.variant> by name: the same lab with another truth, or with nothing wrong

---@class netdojo.variant what it does not say is the scenario's own, but for what goes with the scenario's own fault
---@field weight? integer how often it is drawn, against 2 for the plain one; 1 unless said
---@field title? netdojo.text
---@field ticket netdojo.text
---@field goals? netdojo.text[]
---@field pass? integer
---@field fault fun(lab: netdojo_lab, p: netdojo.params) may do nothing
---@field symptoms netdojo.probe_spec[] what the user complains of
---@field controls? netdojo.probe_spec[]
---@field fixed? netdojo.probe_spec[] the controls unless said where nothing is wrong
---@field truth netdojo.truth[] empty: nothing is wrong
---@field steps netdojo.step_spec[] points sum to 100
---@field hints netdojo.text[]
---@field look_alike? string[]
---@field solution netdojo.typed[]
---@field alternatives? netdojo.typed[][]
---@field missteps? netdojo.misstep[]

---@param t netdojo.scenario
---@return netdojo.scenario
function scenario(t) end

-- Chance --------------------------------------------------------------------------------------------------------------

---@class netdojo_seed
netdojo_seed = {}

---@param lo integer
---@param hi integer
---@return integer
function netdojo_seed:int(lo, hi) end

---@generic T
---@param list T[]
---@return T
function netdojo_seed:pick(list) end

---@param n integer
---@param alphabet string
---@return string
function netdojo_seed:letters(n, alphabet) end

---A stream of its own: what one part draws never shifts another.
---@param label string
---@return netdojo_seed
function netdojo_seed:fork(label) end

---@return string
function netdojo_seed:text() end

-- Topologies ----------------------------------------------------------------------------------------------------------

---@class netdojo.wsl2.nat.windows
---@field hostname? string
---@field dns? string[] the servers Windows itself asks; the router unless said
---@field nat? "ics"|"winnat" who translates for WSL: Internet Connection Sharing, or a NAT object named WSLNat (Get-NetNat shows it)
---@field version? string "10.0.22631.3374": modes and tunnelling depend on it
---@field registry? table<string, integer> DisabledComponents, HyperVFirewallDisable
---@field proxy? netdojo.wsl2.nat.windows.proxy the HTTP proxy of its Internet settings, which autoProxy gives to WSL
---@field switches? string[] External Hyper-V switches on the home network, by name
---@field network_category? "Private"|"Public" of the home network; Private unless said
---@field firewall? netdojo.wsl2.nat.firewall
---@field portproxy? table[] rules: type, listenaddress, listenport, connectaddress, connectport
---@field services? table<string, string> "Stopped", "Disabled" or "Missing", by a service's name
---@field hosts? string lines of Windows' hosts file
---@field ruleset? string more nft tables

---@class netdojo.wsl2.nat.windows.proxy
---@field server? string "proxy.example:8080"
---@field bypass? string[]
---@field pac? string a PAC file's URL

---@class netdojo.wsl2.nat.firewall rules as in docs/formats/windows.md
---@field rules? table[] new ones; a Name that exists changes that rule
---@field profiles? table<string, table> settings by profile

---@class netdojo.wsl2.nat.wsl
---@field version? string WSL's own: 2.5.9.0 unless said
---@field hostname? string Windows' unless said
---@field kernel? string what uname -r says
---@field distro? string WSL_DISTRO_NAME
---@field mtu? integer
---@field mtu_from? "windows"|"switch" eth0 follows the least MTU of Windows' interfaces; switch: an older WSL, which follows its switch alone
---@field dnsTunneling? boolean true unless said
---@field dnsProxy? boolean true unless said
---@field dnsTunnelingIpAddress? string 10.255.255.254 unless said
---@field search? string[] search suffixes
---@field generateResolvConf? boolean true unless said
---@field generateHosts? boolean true unless said
---@field systemd? boolean false unless said
---@field guest_address? "kept"|"moves" over a restart; kept unless said
---@field wslconfig? any .wslconfig: its text, or { section = { key = value } }
---@field wsl_conf? any /etc/wsl.conf, as wslconfig
---@field ruleset? string nft tables of the user's own
---@field files? table[] as in docs/formats/model.md
---@field env? table<string, string>

---@class netdojo.wsl2.nat.internet
---@field records? table<string, table> more names, {A = {...}, AAAA = {...}, CNAME = "..."}

---A VPN of Windows' and the company behind it.
---@class netdojo.wsl2.nat.vpn
---@field name? string the connection's
---@field client? "anyconnect"|"globalprotect"|"pulse"|"checkpoint"|"wireguard"|"windows" whose names, MTU and metric it has
---@field alias? string the adapter's name
---@field adapter? string the adapter's description
---@field mtu? integer
---@field metric? integer of the adapter
---@field route_metric? integer of each of its routes, beside the adapter's
---@field routes? string[] all of it ("0.0.0.0/0") unless said
---@field dns? string[] the company's unless said
---@field suffix? string corp.example unless said
---@field nrpt? boolean only names of the suffix are asked of its servers
---@field ignores_default_routes? boolean its adapter has IgnoreDefaultRoutes: WSL in mirrored mode has none of its routes that begin at 0.0.0.0
---@field kill_switch? boolean nothing past the tunnel but the home network
---@field block_lan? boolean not even that
---@field blocks_guest_dns? boolean WSL's questions to Windows and past it are dropped
---@field blocks_tunnel_dns? boolean WSL's questions through the DNS tunnel get no answer
---@field masquerade? boolean WSL's packets get the client's address; true unless said
---@field steals_subnet? boolean it puts a route for WSL's network into the tunnel
---@field swallows? "in"|"out"|"both" which "too big" messages are lost: to WSL, to the company's servers
---@field connected? boolean from the start; true unless said
---@field git? boolean git.corp.example serves big.git

---A container in WSL, a node of its own.
---@class netdojo.wsl2.nat.container
---@field name string the node's
---@field publish? string[] ports: "8080:80" or "127.0.0.1:8080:80"
---@field dns? string[] its nameservers; WSL's unless said
---@field page? string what it serves at "/" on the published ports

---What all containers share.
---@class netdojo.wsl2.nat.docker
---@field bridge? string docker0's address with its prefix; 172.17.0.1/16, or the next that WSL's network leaves free
---@field userland_proxy? boolean docker-proxy holds the published ports in WSL; true unless said
---@field mtu? integer of docker0 and the containers; 1500 unless said

---A tunnel inside WSL, as Tailscale makes one, and a build server at its other end.
---@class netdojo.wsl2.nat.tailnet
---@field mtu? integer of tailscale0; 1280 unless said
---@field on_windows? boolean Windows runs Tailscale too, in another tailnet: an adapter of that name

---@class netdojo.wsl2.nat.router the home network's
---@field blocks_dns? boolean DNS questions to any server but its own are dropped

---@class netdojo.wsl2.nat
---@field ipv6? boolean on the home network and the internet; false unless said, true for wsl2.mirrored
---@field windows? netdojo.wsl2.nat.windows
---@field wsl? netdojo.wsl2.nat.wsl
---@field internet? netdojo.wsl2.nat.internet
---@field router? netdojo.wsl2.nat.router
---@field vpn? netdojo.wsl2.nat.vpn
---@field tailnet? netdojo.wsl2.nat.tailnet
---@field containers? netdojo.wsl2.nat.container[]
---@field docker? netdojo.wsl2.nat.docker
---@field services? table[] as in docs/formats/model.md

wsl2 = {}

---@param network string "10.20.30.0/24"
---@return table parameters corp_network, corp_gateway, corp_web, corp_git, corp_dns, for params()
function wsl2.corp(network) end

---@param t netdojo.wsl2.nat
---@return table model
function wsl2.nat(t) end

---The same with WSL in mirrored mode, and IPv6.
---@param t netdojo.wsl2.nat
---@return table model
function wsl2.mirrored(t) end

---The addresses a seed gives; what params() starts from anyway.
---@param seed netdojo_seed
---@return netdojo.params
function wsl2.addresses(seed) end

-- The fault's handles -------------------------------------------------------------------------------------------------

---@class netdojo.iface
---@field up? boolean
---@field mtu? integer
---@field addresses? string[] CIDRs
---@field mac? string
---@field label? string

---@class netdojo.route
---@field dst string "default" or a CIDR
---@field via? string
---@field dev? string
---@field src? string
---@field protocol? string
---@field scope? string
---@field type? string
---@field table? integer
---@field metric? integer
---@field onlink? boolean
---@field ipv6? boolean

---@class netdojo.file
---@field content? string
---@field symlink? string
---@field mode? integer
---@field remove? boolean

---@class netdojo.add_iface
---@field name string
---@field kind "bridge"|"dummy"
---@field up? boolean true unless said
---@field mtu? integer
---@field addresses? string[] CIDRs
---@field mac? string
---@field label? string

---@class netdojo.cable 0 = nothing
---@field rate_kbit? integer kbit/s towards each member
---@field delay_ms? integer
---@field jitter_ms? integer
---@field loss? integer thousandths of the frames
---@field duplicate? integer thousandths of the frames
---@field reorder? integer thousandths of the frames, which skip the delay

---@class netdojo_lab
netdojo_lab = {}

---@param name string
---@return netdojo_node
function netdojo_lab:node(name) end

---@param name string
---@return netdojo_service
function netdojo_lab:service(name) end

---@param name string
---@return netdojo_segment
function netdojo_lab:segment(name) end

---An operation of docs/formats/windows.md, as a learner's command would do it.
---@param op string "portproxy.add"
---@param args table
---@return netdojo_lab
function netdojo_lab:windows(op, args) end

---Runs fn that many seconds after the fault.
---@param seconds number
---@param fn fun(lab: netdojo_lab)
---@return netdojo_lab
function netdojo_lab:after(seconds, fn) end

---@class netdojo_node
netdojo_node = {}

---@param name string
---@return netdojo_iface
function netdojo_node:iface(name) end

---A further interface, joined to nothing: what the node's own programs make.
---@param t netdojo.add_iface
---@return netdojo_node
function netdojo_node:add_iface(t) end

---@param dst string
---@return netdojo_node
function netdojo_node:remove_route(dst) end

---@param t netdojo.route
---@return netdojo_node
function netdojo_node:add_route(t) end

---Adds nft tables to the node's own.
---@param text string
---@return netdojo_node
function netdojo_node:ruleset(text) end

---All of the node's rules at once.
---@param text string
---@return netdojo_node
function netdojo_node:set_ruleset(text) end

---@param name string
---@param value string|integer
---@return netdojo_node
function netdojo_node:sysctl(name, value) end

---@param path string
---@param t string|netdojo.file
---@return netdojo_node
function netdojo_node:file(path, t) end

---@class netdojo_iface
netdojo_iface = {}

---@param t netdojo.iface
---@return netdojo_iface
function netdojo_iface:set(t) end

---@class netdojo_segment
netdojo_segment = {}

---What its cable does to frames, in each direction.
---@param t netdojo.cable
---@return netdojo_segment
function netdojo_segment:set(t) end

---@class netdojo_service
netdojo_service = {}

---running is the service's own; every other key is its configuration (behaviour, records, upstream, ...).
---@param t table
---@return netdojo_service
function netdojo_service:set(t) end

---What a DNS server says of one name; its other names stay.
---@param name string
---@param t table { A = {...}, AAAA = {...}, TXT = ..., CNAME = "..." }
---@return netdojo_service
function netdojo_service:record(name, t) end

---@return netdojo_service
function netdojo_service:stop() end

---@return netdojo_service
function netdojo_service:start() end

-- Probes --------------------------------------------------------------------------------------------------------------

---@class netdojo.probe_spec

---@class netdojo.probe_options
---@field name string
---@field node string
---@field title? netdojo.text
---@field timeout? number seconds; unless said 1 for a symptom, 3 for the others
---@field expect? any what the answer must hold: a table of fields, or fun(answer, p): boolean

---@class netdojo.probe.ping: netdojo.probe_options
---@field address any
---@field count? integer
---@field size? integer payload bytes
---@field df? boolean do not fragment

---@class netdojo.probe.lookup: netdojo.probe_options
---@field host any
---@field family? integer 0, 4 or 6

---@class netdojo.probe.resolve: netdojo.probe_options
---@field host any
---@field type? string "A" unless said
---@field server any
---@field port? integer
---@field tcp? boolean

---@class netdojo.probe.connect: netdojo.probe_options
---@field host? any a name
---@field address? any
---@field port any

---@class netdojo.probe.http: netdojo.probe_options
---@field url any http:// only
---@field max_bytes? integer

---@class netdojo.probe.pmtu: netdojo.probe_options
---@field address any
---@field low? integer
---@field high? integer

---@class netdojo.probe.run: netdojo.probe_options
---@field argv string[]
---@field user? string
---@field stdin? string

---@class netdojo.probe.file: netdojo.probe_options
---@field path string

---@class netdojo.probe.link: netdojo.probe_options

---@class netdojo.probe.address: netdojo.probe_options

---@class netdojo.probe.route: netdojo.probe_options

---@class netdojo.probe.rule: netdojo.probe_options

---@class netdojo.probe.neighbour: netdojo.probe_options

---@class netdojo.probe.ruleset: netdojo.probe_options

---@class netdojo.probe.sockets: netdojo.probe_options

---@class netdojo.probe.sysctl: netdojo.probe_options
---@field key any "net.ipv4.ip_forward"

probe = {}

---ICMP echo from the node.
---@param t netdojo.probe.ping
---@return netdojo.probe_spec
function probe.ping(t) end

---A name through the node's own resolver.
---@param t netdojo.probe.lookup
---@return netdojo.probe_spec
function probe.lookup(t) end

---A DNS question to a named server.
---@param t netdojo.probe.resolve
---@return netdojo.probe_spec
function probe.resolve(t) end

---A TCP connection.
---@param t netdojo.probe.connect
---@return netdojo.probe_spec
function probe.connect(t) end

---Fetches a page.
---@param t netdojo.probe.http
---@return netdojo.probe_spec
function probe.http(t) end

---The largest packet that passes.
---@param t netdojo.probe.pmtu
---@return netdojo.probe_spec
function probe.pmtu(t) end

---A command's exit and output.
---@param t netdojo.probe.run
---@return netdojo.probe_spec
function probe.run(t) end

---A file of the node.
---@param t netdojo.probe.file
---@return netdojo.probe_spec
function probe.file(t) end

---Reads the live interfaces.
---@param t netdojo.probe.link
---@return netdojo.probe_spec
function probe.link(t) end

---Reads the live interfaces with their addresses.
---@param t netdojo.probe.address
---@return netdojo.probe_spec
function probe.address(t) end

---Reads the live routes.
---@param t netdojo.probe.route
---@return netdojo.probe_spec
function probe.route(t) end

---Reads the live policy rules.
---@param t netdojo.probe.rule
---@return netdojo.probe_spec
function probe.rule(t) end

---Reads the live neighbours.
---@param t netdojo.probe.neighbour
---@return netdojo.probe_spec
function probe.neighbour(t) end

---Reads the live filters: { text }.
---@param t netdojo.probe.ruleset
---@return netdojo.probe_spec
function probe.ruleset(t) end

---Reads the live TCP and UDP sockets.
---@param t netdojo.probe.sockets
---@return netdojo.probe_spec
function probe.sockets(t) end

---Reads a sysctl: { value }.
---@param t netdojo.probe.sysctl
---@return netdojo.probe_spec
function probe.sysctl(t) end

-- Steps ---------------------------------------------------------------------------------------------------------------

---@class netdojo.step_spec

---@class netdojo.step_options
---@field points integer
---@field id? string
---@field title? netdojo.text
---@field group? "observe"|"diagnose"|"mend"|"verify"|"care"
---@field layer? "L1"|"L2"|"L2.5"|"L3"|"L4"|"L5"|"other" what it looks at, where the step's own does not fit
---@field lesson? netdojo.text one sentence: what it shows here
---@field after? string the id of a step that has to be earned by something earlier
---@field within? integer seconds at most after that
---@field before_change? boolean by something before the first change

---@class netdojo.step.address_seen: netdojo.step_options

---@class netdojo.step.gateway_seen: netdojo.step_options

---@class netdojo.step.gateway_pinged: netdojo.step_options

---@class netdojo.step.public_pinged: netdojo.step_options

---@class netdojo.step.name_looked_up: netdojo.step_options
---@field server? string through which one

---@class netdojo.step.resolv_conf_read: netdojo.step_options

---@class netdojo.step.config_seen: netdojo.step_options
---@field line string what stands in the file

---@class netdojo.step.file_seen: netdojo.step_options
---@field path string the file, in WSL

---@class netdojo.step.guest_address_seen: netdojo.step_options

---@class netdojo.step.portproxy_seen: netdojo.step_options
---@field connect? string the address the rule leads to
---@field port? any the port it listens on

---@class netdojo.step.firewall_seen: netdojo.step_options

---@class netdojo.step.windows_routes_seen: netdojo.step_options
---@field text? string what stands in the row

---@class netdojo.step.hyperv_seen: netdojo.step_options
---@field text? string a setting or a rule; DefaultInboundAction unless said

---@class netdojo.step.sysctl_seen: netdojo.step_options
---@field key string net.ipv4.conf.eth0.rp_filter

---@class netdojo.step.listening_seen: netdojo.step_options
---@field port? any this one
---@field node? "wsl"|"windows" whose; WSL's unless said

---@class netdojo.step.vpn_seen: netdojo.step_options

---@class netdojo.step.size_tried: netdojo.step_options

---@class netdojo.step.filters_seen: netdojo.step_options
---@field table? string a name that stands in the live rules

---@class netdojo.step.named_server_asked: netdojo.step_options

---@class netdojo.step.nat_seen: netdojo.step_options

---@class netdojo.step.sides_compared: netdojo.step_options
---@field what "name"|"reach"|"address"|"routes"|"listening" what is asked on both

---@class netdojo.step.hypothesis_tested: netdojo.step_options
---@field of? string[] names of steps, two of which have to be earned; those that try something unless said

---@class netdojo.step.diagnosed_first: netdojo.step_options

---@class netdojo.step.looked_first: netdojo.step_options
---@field least? integer how many; 2 unless said

---@class netdojo.step.layer_named: netdojo.step_options

---@class netdojo.step.cause_named: netdojo.step_options

---@class netdojo.step.mended: netdojo.step_options
---@field parts? string[] fixed-probes each of which is a part of the mend by itself

---@class netdojo.step.verified: netdojo.step_options
---@field by? string[] packets that prove it: dns-answer, echo-reply, syn-ack

---@class netdojo.step.published: netdojo.step_options
---@field port? any of Windows' side

---@class netdojo.step.complaint_tried: netdojo.step_options
---@field host? string the name that the ticket complains of
---@field address? string or the address
---@field port? any its port

---@class netdojo.step.answer_came: netdojo.step_options
---@field by string[] packets that show it: dns-answer, echo-reply, syn-ack
---@field but_not? string[] names and addresses whose answer does not count

---@class netdojo.step.unharmed: netdojo.step_options

---@class netdojo.step.care: netdojo.step_options
---@field allow? string[] kinds of change, files as "file:/path", operations on Windows as "windows:OP"

---@class netdojo.step.custom: netdojo.step_options
---@field id string
---@field group "observe"|"diagnose"|"mend"|"verify"|"care"
---@field title netdojo.text
---@field needs? string[] recorders: packets, changes, exec, files; Windows' as "windows:packets"
---@field test fun(ev: table, options: table): boolean|number, integer[] whether it was earned, or how much of it from 0 to 1, and the seqs that show it

step = {}

---What the ticket complains of was tried again.
---@param t netdojo.step.complaint_tried
---@return netdojo.step_spec
function step.complaint_tried(t) end

---An answer came that shows that a layer works.
---@param t netdojo.step.answer_came
---@return netdojo.step_spec
function step.answer_came(t) end

---Where nothing is wrong: what worked goes on working.
---@param t netdojo.step.unharmed
---@return netdojo.step_spec
function step.unharmed(t) end

---The learner looked at eth0's address or link.
---@param t netdojo.step.address_seen
---@return netdojo.step_spec
function step.address_seen(t) end

---The learner looked at the routes.
---@param t netdojo.step.gateway_seen
---@return netdojo.step_spec
function step.gateway_seen(t) end

---The gateway was tried, or the neighbours looked at.
---@param t netdojo.step.gateway_pinged
---@return netdojo.step_spec
function step.gateway_pinged(t) end

---An outside address was tried without a name.
---@param t netdojo.step.public_pinged
---@return netdojo.step_spec
function step.public_pinged(t) end

---A name was looked up.
---@param t netdojo.step.name_looked_up
---@return netdojo.step_spec
function step.name_looked_up(t) end

---A recorded output holds the live nameserver line.
---@param t netdojo.step.resolv_conf_read
---@return netdojo.step_spec
function step.resolv_conf_read(t) end

---A line of .wslconfig or wsl.conf was seen, in either window.
---@param t netdojo.step.config_seen
---@return netdojo.step_spec
function step.config_seen(t) end

---A file of WSL's was read or listed, also where that failed.
---@param t netdojo.step.file_seen
---@return netdojo.step_spec
function step.file_seen(t) end

---WSL's present address was seen, in either window.
---@param t netdojo.step.guest_address_seen
---@return netdojo.step_spec
function step.guest_address_seen(t) end

---A rule of Windows' port proxy was seen.
---@param t netdojo.step.portproxy_seen
---@return netdojo.step_spec
function step.portproxy_seen(t) end

---Windows Firewall was looked at.
---@param t netdojo.step.firewall_seen
---@return netdojo.step_spec
function step.firewall_seen(t) end

---Windows' routes were seen.
---@param t netdojo.step.windows_routes_seen
---@return netdojo.step_spec
function step.windows_routes_seen(t) end

---The Hyper-V firewall was looked at.
---@param t netdojo.step.hyperv_seen
---@return netdojo.step_spec
function step.hyperv_seen(t) end

---A sysctl of WSL's was read.
---@param t netdojo.step.sysctl_seen
---@return netdojo.step_spec
function step.sysctl_seen(t) end

---Listening sockets were looked at.
---@param t netdojo.step.listening_seen
---@return netdojo.step_spec
function step.listening_seen(t) end

---The VPN's adapter, routes or connection was seen on Windows' side, in either window.
---@param t netdojo.step.vpn_seen
---@return netdojo.step_spec
function step.vpn_seen(t) end

---Packets of a chosen size were tried, in either window.
---@param t netdojo.step.size_tried
---@return netdojo.step_spec
function step.size_tried(t) end

---The guest's filters were listed.
---@param t netdojo.step.filters_seen
---@return netdojo.step_spec
function step.filters_seen(t) end

---A DNS question went to another server.
---@param t netdojo.step.named_server_asked
---@return netdojo.step_spec
function step.named_server_asked(t) end

---Windows' NAT looked at, or that it has none to show.
---@param t netdojo.step.nat_seen
---@return netdojo.step_spec
function step.nat_seen(t) end

---The same asked on both sides, before the last change.
---@param t netdojo.step.sides_compared
---@return netdojo.step_spec
function step.sides_compared(t) end

---Two different things tried before the first change.
---@param t netdojo.step.hypothesis_tested
---@return netdojo.step_spec
function step.hypothesis_tested(t) end

---A diagnosis stated before the first change.
---@param t netdojo.step.diagnosed_first
---@return netdojo.step_spec
function step.diagnosed_first(t) end

---Other observing steps were earned before the first change.
---@param t netdojo.step.looked_first
---@return netdojo.step_spec
function step.looked_first(t) end

---The diagnosis names the layer.
---@param t netdojo.step.layer_named
---@return netdojo.step_spec
function step.layer_named(t) end

---The diagnosis names the cause.
---@param t netdojo.step.cause_named
---@return netdojo.step_spec
function step.cause_named(t) end

---The fixed-probes pass and the controls still do.
---@param t netdojo.step.mended
---@return netdojo.step_spec
function step.mended(t) end

---After the last change something came back.
---@param t netdojo.step.verified
---@return netdojo.step_spec
function step.verified(t) end

---After the last change another machine of the home network got in.
---@param t netdojo.step.published
---@return netdojo.step_spec
function step.published(t) end

---Nothing else was changed.
---@param t netdojo.step.care
---@return netdojo.step_spec
function step.care(t) end

---For what no named step says.
---@param t netdojo.step.custom
---@return netdojo.step_spec
function step.custom(t) end

-- A course ----------------------------------------------------------------------------------------------------------
-- A file of its own: it sees `course` and Lua's harmless libraries.

---@class netdojo.unit
---@field id string
---@field title netdojo.text
---@field text netdojo.text one sentence
---@field chapter? integer the guide's
---@field after? string[] units before it that must be done
---@field need? integer how many of its scenarios must be passed; all unless said
---@field scenarios string[] their ids, in order

---@class netdojo.course
---@field api integer 1
---@field id string the file's name
---@field title netdojo.text
---@field about netdojo.text
---@field pass integer the mark to pass a scenario with, beside the scenario's own
---@field units netdojo.unit[]

---@param t netdojo.course
---@return netdojo.course
function course(t) end
