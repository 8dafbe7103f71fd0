/// How the statistics page looks.
enum StatisticsStyle {
    static let text = """
        :root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #667085; --line: #e3e6ec;
         --head: #eef1f6; --link: #1d4ed8; --up: #16803c; --upback: #dcf5e3; --warn: #9a5b00; --warnback: #fdf0d0;
         --down: #b91c1c; --downback: #fde3e3; --rise: #0369a1; --riseback: #dcf0fb; --calm: #475467; --calmback: #eaecf0;
         --drain: #6d28d9; --drainback: #ede4fd; }
        @media (prefers-color-scheme: dark) { :root { --back: #10141b; --card: #181e28; --ink: #e4e8ef; --soft: #93a0b4;
         --line: #2a3341; --head: #1f2733; --link: #8ab4ff; --up: #5ed68a; --upback: #11331f; --warn: #f3bd5a;
         --warnback: #3a2a08; --down: #ff8a8a; --downback: #431a1c; --rise: #7cc7f5; --riseback: #0f2f43; --calm: #b3bdcc;
         --calmback: #2a323e; --drain: #c3a6ff; --drainback: #2d2150; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
        a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
        header { position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; gap: .3rem 2rem; align-items: center;
         justify-content: space-between; padding: .6rem 1.2rem; background: var(--card);
         border-bottom: 1px solid var(--line); }
        h1 { margin: 0; font-size: 1.05rem; } header p { margin: 0; color: var(--soft); }
        main { padding: 1rem 1.2rem 3rem; }
        .summary { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; } .count { margin-left: .4rem; }
        .pill { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: 12px; font-weight: 600; }
        .overview { display: flex; flex-wrap: wrap; gap: .8rem 2rem; justify-content: space-between; align-items: start; }
        .process { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; margin: 0; }
        dt { color: var(--soft); font-size: 12px; } dd { margin: 0; font-variant-numeric: tabular-nums; }
        nav { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; }
        nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0; padding: 0; list-style: none; }
        input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
         border-radius: 6px; padding: .2rem .5rem; }
        input[type=checkbox] { padding: 0; margin: 0 .4rem 0 0; vertical-align: middle; }
        .message { padding: .5rem .8rem; border-radius: 8px; }
        .legend { margin: .8rem 0 0; color: var(--soft); } .legend p { margin: .4rem 0; line-height: 1.9; }
        section { margin-top: 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
         scroll-margin-top: 5rem; overflow: hidden; }
        .scroll { overflow-x: auto; }
        table { width: 100%; min-width: 1815px; table-layout: fixed; border-collapse: collapse; font-size: 12px;
         font-variant-numeric: tabular-nums; }
        .titre th { width: 126px; white-space: nowrap; } .titre th:first-child { width: 168px; }
        .titre th:nth-child(2) { width: 208px; } .titre th:nth-child(4) { width: 162px; } .titre th:nth-child(5) { width: 150px; }
        .titre th:nth-child(6) { width: 168px; } .titre th:nth-child(7) { width: 176px; }
        .titre th:nth-child(8), .titre th:nth-child(10) { width: 84px; } .titre th:nth-child(9) { width: 132px; }
        .titre th:nth-child(11) { width: 357px; }
        caption { padding: .4rem .8rem; text-align: left; font-size: 14px; } .px { font-weight: 700; color: inherit; }
        .cap { margin-left: .6rem; color: var(--soft); font-size: 12px; }
        th, td { padding: .16rem .3rem; text-align: right; overflow-wrap: anywhere; border-top: 1px solid var(--line); }
        .titre th { background: var(--head); color: var(--soft); font-weight: 600; font-size: 11px; text-align: center; }
        .titre + .titre th { border-top: 0; text-align: right; padding-top: 0; } .titre + .titre th:nth-child(-n+2) { text-align: center; }
        tbody th { position: sticky; left: 0; background: var(--card); text-align: left; font-weight: 500; }
        td:nth-child(2), td:nth-child(4), td:nth-child(7), td:nth-child(10), td:nth-child(13), td:nth-child(16),
        td:nth-child(18), td:nth-child(20), td:nth-child(23), td:nth-child(25), .titre:first-child th + th,
        .titre + .titre th:nth-child(1), .titre + .titre th:nth-child(3), .titre + .titre th:nth-child(6),
        .titre + .titre th:nth-child(9), .titre + .titre th:nth-child(12), .titre + .titre th:nth-child(15),
        .titre + .titre th:nth-child(17), .titre + .titre th:nth-child(19), .titre + .titre th:nth-child(22),
        .titre + .titre th:nth-child(24) { border-left: 1px solid var(--line); } .ac { text-align: center; } tbody th.ac { text-align: left; }
        .lfsb { color: inherit; } .rls { margin-right: .2em; } .since { opacity: .7; font-weight: 400; }
        .state { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-weight: 600; }
        tr.frontend, tr.backend, tr.frontend th, tr.backend th, tr.socket th { background: var(--head); }
        tbody tr:hover td, tbody tr:hover th { background: color-mix(in srgb, var(--link) 7%, var(--card)); }
        tr[class^=backup_] th { border-left: 3px dashed var(--soft); } tbody th { border-left: 3px solid transparent; }
        .pill.active_up, .message.active_up, .active_up .state, .backup_up .state
         { color: var(--up); background: var(--upback); }
        .pill.active_going_down, .message.active_going_down, .active_going_down .state, .backup_going_down .state
         { color: var(--warn); background: var(--warnback); }
        .pill.active_down, .message.active_down, .active_down .state, .backup_down .state
         { color: var(--down); background: var(--downback); }
        .state.none { color: var(--down); background: var(--downback); }
        .active_down th, .backup_down th { border-left-color: var(--down); color: var(--down); }
        .pill.active_going_up, .active_going_up .state, .backup_going_up .state
         { color: var(--rise); background: var(--riseback); }
        .pill.active_no_check, .message.active_no_check, .active_no_check .state, .backup_no_check .state
         { color: var(--calm); background: var(--calmback); }
        .pill.active_draining, .active_draining .state, .backup_draining .state
         { color: var(--drain); background: var(--drainback); }
        .pill.active_maintain, .maintain .state { color: var(--warn); background: none; outline: 1px solid currentColor; }
        .maintain td, .maintain th { color: var(--soft); }
        .actions { padding: .2rem .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 12px; }
        .actions select, .actions input { padding: 0 .4rem; }
        .wrong { margin: .8rem 0 0; padding: .4rem .8rem; list-style: none; border-left: 3px solid var(--down);
         border-radius: 4px 8px 8px 4px; background: var(--card); overflow-wrap: anywhere; }
        .wrong li { padding: .05rem 0; }
        @media (max-width: 600px) { main { padding: .6rem .5rem 2rem; } header { position: static; padding: .5rem; }
         .titre th:first-child { width: 138px; } }
        .empty-page { padding: 2rem; text-align: center; color: var(--soft); }

        """
}
